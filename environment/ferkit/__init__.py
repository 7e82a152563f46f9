"""What stands behind kit.py, one job a module. Each imports only what stands before it, and those of the first half need nothing but
Python's standard library.

places      where everything lies                     settings    what report, train and the notebooks share
tools       say, ask, run, read, write, remove        steps       steps of set-up: done once, by one process at a time
machine     memory and cores                          jdk         JDKs, and how every JVM is started
proxies     as Java and Maven take them               environ     what counts of the user's environment
maven       Maven, and the library that it builds     venv        virtual environments
kernel      the Java kernel                           install     set-up as a whole
cluster     training on other machines, by Spark      reporting   which notebooks, on what, to which place
checks      what a notebook and a page must be        clean       removes what set-up made
doctor      says what is there and what to do         attempts    things tried, each with a line about it
exports     exported files, checked and timed         scaling     many runs on many cores, simulated
bench       measures                                  suite       what `test` checks

pages       notebooks' pages and their index          execution   notebooks run in Java kernels
reruns      the same twice, out of order, interrupted runner      the program that does these
lab         JupyterLab's server in the kit's own way  trials      training killed, stopped, out of room
browser     JupyterLab and the pages in Chromium      cluster_trials  what is killed on a cluster
"""
