/**
 * For backends: takes the outer headers off what a balancer sent by {@code dsr-ipip}, {@code dsr-gue} or {@code
 * dsr-geneve}. Stands alone: it knows of no instance.
 */
package io.fastpath.fastpath.decap;
