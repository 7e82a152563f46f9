/** Many runs on many machines: Apache Spark gives each run to an executor, which trains it as this library does everywhere. */
package ferkit.spark;
