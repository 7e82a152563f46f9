import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.Header;
import org.dflib.jjava.jupyter.messages.MessageContext;
import org.dflib.jjava.jupyter.messages.MessageType;
import org.dflib.jjava.jupyter.messages.reply.ErrorReply;
import org.dflib.jjava.jupyter.messages.reply.ExecuteReply;
import org.dflib.jjava.jupyter.messages.request.ExecuteRequest;
import org.dflib.jjava.kernel.JavaKernel;
import org.dflib.jjava.kernel.magics.ClasspathMagic;
import org.dflib.jjava.kernel.magics.LoadMagic;
import org.dflib.jjava.kernel.magics.TimeMagic;
import org.dflib.jjava.maven.MavenDependencyResolver;
import org.dflib.jjava.maven.magics.LoadFromPomCellMagic;
import org.dflib.jjava.maven.magics.LoadFromPomLineMagic;
import org.dflib.jjava.maven.magics.MavenMagic;
import org.dflib.jjava.maven.magics.MavenRepoMagic;

/**
 * JJava, but cells that wait behind one that fails or is interrupted are not run, as Jupyter's protocol asks for and Python's kernel
 * does: JJava has no setting for it. JJava's own JJAVA_ variables and its deprecated magics are left out. Set-up compiles this against
 * the JJava that it has installed.
 */
public final class StudyKernel {
    private StudyKernel() {}

    /** @param arguments the connection file that Jupyter has written */
    public static void main(String[] arguments) throws Exception {
        MavenDependencyResolver maven = new MavenDependencyResolver();
        TimeMagic time = new TimeMagic();
        JavaKernel kernel = JavaKernel.builder().name("JJava").version(version())
                .lineMagic("classpath", new ClasspathMagic())
                .lineMagic("load", new LoadMagic())
                .lineMagic("time", time)
                .cellMagic("time", time)
                .lineMagic("maven", new MavenMagic(maven))
                .lineMagic("mavenRepo", new MavenRepoMagic(maven))
                .lineMagic("loadFromPOM", new LoadFromPomLineMagic(maven))
                .cellMagic("loadFromPOM", new LoadFromPomCellMagic(maven))
                .build();
        kernel.onStartup();
        JupyterConnection connection = new Connection(KernelConnectionProperties.parse(Files.readString(Path.of(arguments[0]))));
        kernel.becomeHandlerForConnection(connection);
        connection.connect();
        connection.waitUntilClose();
    }

    private static String version() throws Exception {
        Properties properties = new Properties();
        try (var in = JavaKernel.class.getResourceAsStream("/META-INF/maven/org.dflib.jjava/jjava-distro/pom.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static final class Connection extends JupyterConnection {
        /** When a cell last failed that was not sent as one that may; those that were sent before are not run. */
        private Instant failedAt = Instant.MIN;
        private boolean mayFail;
        /** For each sender the shortest time from a cell's sending, by the sender's clock, to its arrival: what the two clocks differ by. */
        private final Map<String, Duration> clocks = new HashMap<>();

        Connection(KernelConnectionProperties properties) throws Exception {
            super(properties);
        }

        @Override
        public <T> void setHandler(MessageType<T> type, ShellHandler<T> handler) {
            super.setHandler(type, type == MessageType.EXECUTE_REQUEST ? (env, message) -> {
                if (Instant.now().isBefore(failedAt)) { // the clock was put back
                    failedAt = Instant.MIN;
                }
                boolean waited = sentAt(message.getHeader()).isBefore(failedAt);
                mayFail = waited || !((ExecuteRequest) message.getContent()).shouldStopOnError();
                if (waited) {
                    env.setBusyDeferIdle();
                    env.defer().replyError(ExecuteReply.MESSAGE_TYPE.error(),
                            new ErrorReply("Aborted", "A cell above failed, so this one was not run", List.of()));
                } else {
                    handler.handle(env, message);
                }
            } : handler);
        }

        /** When a cell was sent, by this machine's clock; now if the sender gave no time. */
        private Instant sentAt(Header<?> header) {
            Instant now = Instant.now();
            if (header.getTimestamp() == null) {
                return now;
            }
            try {
                Instant sent = OffsetDateTime.parse(header.getTimestamp().getDateString()).toInstant();
                return sent.plus(clocks.merge(header.getSessionId(), Duration.between(sent, now), (a, b) -> a.compareTo(b) < 0 ? a : b));
            } catch (DateTimeParseException e) {
                return now;
            }
        }

        @Override
        public ShellReplyEnvironment prepareReplyEnv(ShellChannel shell, MessageContext context) {
            return new ShellReplyEnvironment(shell, stdin, iopub, context) {
                @Override
                public void replyError(MessageType<?> type, ErrorReply error) {
                    if (type == ExecuteReply.MESSAGE_TYPE.error() && !mayFail) {
                        failedAt = Instant.now();
                    }
                    super.replyError(type, error);
                }
            };
        }
    }
}
