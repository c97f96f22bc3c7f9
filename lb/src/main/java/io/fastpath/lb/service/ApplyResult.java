package io.fastpath.lb.service;

/**
 * What a change to the tables came to.
 *
 * @param servicesAdded new services
 * @param servicesChanged services with another forwarding, hash, Maglev size, backend or weight, or another Maglev table
 * @param servicesRemoved services that went
 * @param backendsAdded records that came into use, those that were retired and came back included
 * @param backendsRetired records that are no longer configured
 * @param maglevSlotsWritten Maglev entries that were stored
 */
public record ApplyResult(
        int servicesAdded,
        int servicesChanged,
        int servicesRemoved,
        int backendsAdded,
        int backendsRetired,
        int maglevSlotsWritten) {
    /**
     * Whether the tables were as they should be.
     *
     * @return true when nothing was to do
     */
    public boolean isUnchanged() {
        return servicesAdded + servicesChanged + servicesRemoved + backendsAdded + backendsRetired + maglevSlotsWritten
                == 0;
    }
}
