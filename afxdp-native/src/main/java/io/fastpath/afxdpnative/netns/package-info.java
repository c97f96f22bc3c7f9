/** Network namespaces: make sockets in one by visiting it with the calling thread. */
package io.fastpath.afxdpnative.netns;
