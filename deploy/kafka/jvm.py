"""How the broker's Java programs are run: small, quick to start, from an archive of loaded classes."""

from deploy.kafka.jars import HERE, LIBS, java

ARCHIVE = LIBS / "broker.jsa"  # bound to these very jars and the Java at hand, so made on each machine
_OPTIONS = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
_OPTIONS += ["-Xlog:disable", "-Xlog:all=error:stderr", f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"]


def command(program: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    """The archive serves one exact class path only, so the jars are listed in order."""
    jars = ":".join(map(str, sorted(LIBS.glob("*.jar"))))
    archive = [f"-XX:SharedArchiveFile={ARCHIVE}"] if ARCHIVE.exists() else []
    return [java(), *_OPTIONS, *archive, *options, "-cp", jars, program, *arguments]
