/**
 * What this machine allows, what will be used, and what to change: facts of the kernel and of interfaces, each turned into
 * a {@link io.fastpath.fastpath.doctor.Finding} with a level and an advice. It looks and changes nothing.
 */
package io.fastpath.fastpath.doctor;
