import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
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
import org.dflib.jjava.shaded.org.zeromq.ZMQ;

/**
 * JJava, but cells that wait behind one that fails or is interrupted are not run, as Jupyter's protocol asks for and Python's kernel
 * does: JJava has no setting for it. JJava's own JJAVA_ variables and its deprecated magics are left out. Set-up compiles this against
 * the JJava that it has installed.
 */
public final class StudyKernel {
    /** A cell that comes so soon behind one that failed was waiting for it as well: many take some time to arrive. */
    private static final long ARRIVING_NANOS = 100_000_000;

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
        private boolean failed;
        private boolean waiting; // whether, since the last cell ended, there was always a next message at hand
        private long endedAt;

        Connection(KernelConnectionProperties properties) throws Exception {
            super(properties);
        }

        @Override
        public <T> void setHandler(MessageType<T> type, ShellHandler<T> handler) {
            super.setHandler(type, type == MessageType.EXECUTE_REQUEST ? (env, message) -> {
                boolean waited = failed && (waiting || System.nanoTime() - endedAt < ARRIVING_NANOS);
                waiting = true;
                if (waited && ((ExecuteRequest) message.getContent()).shouldStopOnError()) {
                    env.setBusyDeferIdle();
                    env.defer().replyError(ExecuteReply.MESSAGE_TYPE.error(),
                            new ErrorReply("Aborted", "A cell above failed, so this one was not run", List.of()));
                } else {
                    failed = false;
                    handler.handle(env, message);
                }
                endedAt = System.nanoTime();
            } : handler);
        }

        @Override
        public ShellReplyEnvironment prepareReplyEnv(ShellChannel channel, MessageContext context) {
            return new ShellReplyEnvironment(channel, stdin, iopub, context) {
                @Override
                public void replyError(MessageType<?> type, ErrorReply error) {
                    failed |= type == ExecuteReply.MESSAGE_TYPE.error();
                    super.replyError(type, error);
                }

                @Override
                public void resolveDeferrals() { // at the end of each message, before its reply is sent
                    if (channel == Connection.this.shell) {
                        waiting &= (channel.getEvents() & ZMQ.Poller.POLLIN) != 0;
                    }
                    super.resolveDeferrals();
                }
            };
        }
    }
}
