/** Namespaces and veth pairs with the device under test in the middle. */
package io.fastpath.perflab.topology;
