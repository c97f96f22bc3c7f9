package io.fastpath.fastpath.replay;

/** Which engines play. */
public enum EngineChoice {
    /** The Java engine; needs no rights. */
    JAVA,
    /** The kernel engine, by test run; needs root. */
    KERNEL,
    /** Both, each on tables of its own, compared after each frame; needs root. */
    BOTH
}
