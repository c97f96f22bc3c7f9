package io.fastpath.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import org.junit.jupiter.api.Test;

class PipelineContextTest {
    private final TestBalancer balancer = new TestBalancer().usualServices().start();

    @Test
    void shouldNameWhatIsMissing() {
        assertThatThrownBy(() -> new PipelineContext().conclude())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tables");
        assertThatThrownBy(() -> balancer.context().conclude())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("frames");
        assertThatThrownBy(() -> context().routes(null).conclude())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("routes");
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThatThrownBy(() -> context().frameLength(4097).conclude())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097");
        assertThatThrownBy(() -> context().rowIndex(6).conclude())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rowIndex is 6");
    }

    @Test
    void shouldRefuseTablesOfAnotherLayout() {
        balancer.tables().region(MapNames.CONFIG).putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, 99);
        assertThatThrownBy(() -> context().conclude())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layout 99")
                .hasMessageContaining("fastpath detach");
    }

    private PipelineContext context() {
        return balancer.context()
                .frames(TestFrames.allocate(4096))
                .frameLength(2048)
                .rowIndex(5);
    }
}
