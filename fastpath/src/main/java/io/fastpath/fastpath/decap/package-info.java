/**
 * For backends: takes the outer headers off what a balancer sent by {@code dsr-ipip} or {@code dsr-gue}. Stands alone: it
 * knows of no instance.
 */
package io.fastpath.fastpath.decap;
