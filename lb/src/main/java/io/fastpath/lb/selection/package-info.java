/** Which backend a new flow gets: on the data path, and explained to people. */
package io.fastpath.lb.selection;
