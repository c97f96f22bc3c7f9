package io.fastpath.fastpath;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.Executor;

/** The module law as {@code docs/ARCHITECTURE.md} draws it: who may use whom, and no package cycles. */
@AnalyzeClasses(packages = "io.fastpath", importOptions = ImportOption.DoNotIncludeTests.class)
final class ModuleLawTest {
    private static final String KERNEL_BPF = "io.fastpath.kernelbpf..";
    private static final String AFXDP_NATIVE = "io.fastpath.afxdpnative..";
    private static final String CONNTRACK = "io.fastpath.conntrack..";
    private static final String LB = "io.fastpath.lb..";
    private static final String JAVA = "java..";
    private static final String AGRONA = "org.agrona..";

    @ArchTest
    static final ArchRule KERNEL_BPF_STANDS_ON_AGRONA = classes()
            .that()
            .resideInAPackage(KERNEL_BPF)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(KERNEL_BPF, JAVA, AGRONA);

    @ArchTest
    static final ArchRule AFXDP_NATIVE_STANDS_ON_JNA_AND_AGRONA = classes()
            .that()
            .resideInAPackage(AFXDP_NATIVE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(AFXDP_NATIVE, JAVA, AGRONA, "com.sun.jna..");

    @ArchTest
    static final ArchRule CONNTRACK_STANDS_ON_THE_LAYOUTS = classes()
            .that()
            .resideInAPackage(CONNTRACK)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(CONNTRACK, KERNEL_BPF, JAVA, AGRONA);

    @ArchTest
    static final ArchRule LB_STANDS_ON_THE_LAYOUTS = classes()
            .that()
            .resideInAPackage(LB)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(LB, KERNEL_BPF, JAVA, AGRONA);

    @ArchTest
    static final ArchRule PURE_LOGIC_HAS_NO_SOCKETS_FILES_OR_THREADS = noClasses()
            .that()
            .resideInAnyPackage(CONNTRACK, LB)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..", "java.util.concurrent.locks..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Executor.class);

    @ArchTest
    static final ArchRule PURE_LOGIC_READS_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage(CONNTRACK, LB, "io.fastpath.fastpath.pipeline..", "io.fastpath.fastpath.wire..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule ONLY_AFXDP_NATIVE_KNOWS_JNA = noClasses()
            .that()
            .resideOutsideOfPackage(AFXDP_NATIVE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule NO_PACKAGE_CYCLES =
            slices().matching("io.fastpath.(**)").should().beFreeOfCycles();
}
