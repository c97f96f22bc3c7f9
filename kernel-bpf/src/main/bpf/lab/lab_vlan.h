/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The tag that vlan_push puts on and vlan_pop takes off (IEEE 802.1Q). */
#ifndef LAB_VLAN_H
#define LAB_VLAN_H

#define LAB_VLAN_ID 100

#endif
