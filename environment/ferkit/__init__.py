"""What stands behind kit.py, one job a module. Each imports only modules that stand above it.

places      where everything lies                   settings    what report, train and the notebooks share
tools       say, ask, run, read, write, remove      steps       steps of set-up: done once, by one process
machine     memory and cores                        jdk         JDKs, and how every JVM is started
proxies     as Java and Maven take them             environ     what of the user's environment counts
maven       Maven, and the library it builds        venv        virtual environments
kernel      the Java kernel                         install     set-up as a whole
checks      what a notebook and a page must be      reporting   which notebooks, on what, into which folder
clean       removes what set-up made                doctor      says what there is and what to do
bench       measures                                suite       what `test` checks

Run with the virtual environment's Python, whose packages they need:

attempts    things tried, a line about each         pages       notebooks' pages and their index
execution   notebooks run in Java kernels           reruns      ... run twice, out of order, interrupted
runner      the program that does these             lab         JupyterLab's server in the kit's own way
trials      training killed, stopped, out of room   browser     JupyterLab and the pages in Chromium
"""
