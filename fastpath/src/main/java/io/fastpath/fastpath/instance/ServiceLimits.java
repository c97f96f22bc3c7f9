package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.LimitsConfig;
import io.fastpath.fastpath.config.SynCookieMode;
import io.fastpath.fastpath.tables.OpenTable;
import io.fastpath.fastpath.tables.RateTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;

/** Brings the limits of services to what the configuration says. Control thread. */
public final class ServiceLimits {
    private final InstanceConfig config;

    /**
     * The limits of a configuration.
     *
     * @param config checked
     */
    public ServiceLimits(final InstanceConfig config) {
        this.config = config;
    }

    /**
     * Writes them all, those without limits too.
     *
     * @param services that the configuration's were applied to
     * @param tables that hold them
     */
    public void write(final ServiceTable services, final SharedTables tables) {
        final RateTable rates = new RateTable(tables.region(MapNames.RATES));
        final OpenTable opens = new OpenTable(tables.region(MapNames.OPENS));
        for (final ServiceEntry entry : services.services()) {
            for (final ServiceSpec spec : config.services()) {
                if (spec.key().equals(entry.key())) {
                    final LimitsConfig limits = config.limits(spec.name());
                    rates.put(entry.index(), limits.newPerSecond(), limits.newPerSecondPerClient());
                    opens.put(entry.index(), limits.openFlows(), limits.openFlowsPerClient());
                    rates.cookies(
                            entry.index(),
                            limits.hasSynCookies(),
                            limits.synCookies() == SynCookieMode.ALWAYS ? 0 : limits.synCookiesAbove());
                }
            }
        }
    }
}
