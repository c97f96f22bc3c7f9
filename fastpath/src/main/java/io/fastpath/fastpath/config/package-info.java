/**
 * The configuration: one YAML file in, immutable records out, or all of the file's errors at once, each with file,
 * line, key, value and what is allowed.
 *
 * <pre>
 *   bytes --ConfigText--> text --YamlReader--> YamlNode tree --Section, Kind--> values --CrossChecks--> InstanceConfig
 *                                                    every step adds to Problems
 * </pre>
 *
 * <p>The file is hostile until proven otherwise: its size, depth and number of values are bounded, aliases and tags are
 * refused, and nothing of it is printed without escaping. Nothing here touches the network, and names are never
 * resolved.
 */
package io.fastpath.fastpath.config;
