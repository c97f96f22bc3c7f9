package io.fastpath.fastpath.doctor;

import java.util.Locale;

/** How bad a finding is; in order. */
public enum Level {
    /** As it should be. */
    OK,

    /** Good to know; nothing has to be done. */
    NOTE,

    /** fastpath will run, but slower, or with a risk: something should be changed. */
    WARNING,

    /** fastpath can't run like this. */
    FAILURE;

    /** {@return the word that is printed} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
