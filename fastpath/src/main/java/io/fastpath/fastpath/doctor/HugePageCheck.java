package io.fastpath.fastpath.doctor;

import static io.fastpath.fastpath.doctor.Finding.SYSTEM;

/** Looks whether huge pages are reserved: they save TLB misses of the UMEM, and only some configurations need them. */
final class HugePageCheck {
    private static final long KIB = 1024;

    private HugePageCheck() {}

    /**
     * {@return what was found}
     *
     * @param files of the machine.
     * @param neededLength bytes that the configuration wants on huge pages; 0 where it wants none.
     * @param refuseDowngrade whether an instance would rather not start than take ordinary pages.
     */
    static Finding run(final HostFiles files, final long neededLength, final boolean refuseDowngrade) {
        final long free = number(files, "HugePages_Free:");
        final long pageLength = number(files, "Hugepagesize:") * KIB;
        final long neededCount = pageLength == 0 ? 0 : (neededLength + pageLength - 1) / pageLength;
        final String fact = free + " huge pages of " + pageLength / KIB / KIB + " MiB are free";
        if (neededLength > 0 && free < Math.max(1, neededCount)) {
            return new Finding(
                    SYSTEM,
                    "huge-pages",
                    refuseDowngrade ? Level.FAILURE : Level.WARNING,
                    fact + ", about " + neededCount + " are needed",
                    "sysctl vm.nr_hugepages=" + neededCount + ", or umem.hugePages: false");
        }
        return free > 0
                ? Finding.ok(SYSTEM, "huge-pages", fact)
                : Finding.note(SYSTEM, "huge-pages", fact, "only needed with umem.hugePages: true");
    }

    private static long number(final HostFiles files, final String key) {
        return files.field("/proc/meminfo", key)
                .map(text -> text.split(" ")[0])
                .map(Long::parseLong)
                .orElse(0L);
    }
}
