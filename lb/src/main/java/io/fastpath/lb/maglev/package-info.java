/** Maglev hashing (D. Eisenbud et al., NSDI 2016, section 3.4): tables, their sizes, their place, their publication. */
package io.fastpath.lb.maglev;
