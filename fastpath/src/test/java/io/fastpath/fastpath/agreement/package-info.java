/**
 * Packet cases, written once and played by both engines: a sentence, a balancer, frames in, and what must come of them.
 * {@code PacketCaseLibrary} has them all; {@code Engine} is who plays them; {@code CaseAgreement} and {@code
 * RandomAgreement} hold two engines against each other.
 */
package io.fastpath.fastpath.agreement;
