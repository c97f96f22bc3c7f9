/** The kernel engine forwards while the control thread changes what it reads. Needs root. */
package io.fastpath.fastpath.engineraces;
