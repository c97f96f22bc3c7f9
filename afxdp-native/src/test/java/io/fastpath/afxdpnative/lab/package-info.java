/** What the integration tests stand on: namespaces, veth pairs, the other end of the wire, compiled test programs. */
package io.fastpath.afxdpnative.lab;
