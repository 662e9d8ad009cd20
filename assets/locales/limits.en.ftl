# What the logs themselves never tell, for the window and for reports.

limit-flow-dns = Queries to the DNS server that Amazon provides are not logged; those to a DNS server of one's own are.
limit-flow-link-local = Traffic with the instance metadata service (169.254.169.254) and with the time service (169.254.169.123) is not logged.
limit-flow-dhcp = DHCP traffic is not logged.
limit-flow-activation = Traffic by which Windows instances activate their licence with Amazon is not logged.
limit-flow-mirrored = Traffic that is mirrored is logged at its source, not at the target of the mirroring.
limit-flow-router = Traffic to the address that every subnet reserves for its router is not logged.
limit-flow-endpoint = Traffic between an endpoint's interface and a Network Load Balancer's is not logged.
limit-flow-metadata-only = A record counts packets and bytes of one flow at one interface; it holds nothing of their contents, no host name and no user.
limit-flow-aggregation = A record stands for an interval of up to ten minutes (one minute on Nitro instances or where so configured); when in it the packets came is not known, and flags are those of all of them together.
limit-flow-addresses = The source and destination of a record are the interface's primary private address where the packet had another of its addresses; only the packet-level fields, where the log has them, say the packet's own.
limit-flow-status = NODATA says that an interface saw no traffic in an interval, SKIPDATA that records of an interval were lost to an error or limit inside AWS: there traffic may have been, and is not known.
limit-flow-action = ACCEPT and REJECT are decisions of security groups and network ACLs; an accepted packet may still have been refused or dropped by the host. Answers of a tracked connection are accepted whatever the rules say.
limit-flow-delivery = Records are delivered some minutes after their interval, without guarantee; what was in delivery when the evidence was taken is not in it.
limit-flow-unsigned = AWS does not sign flow logs: the hashes here prove that the files are those that were imported, not that they are those that AWS wrote.
limit-trail-data-events = Data events (object reads and writes of S3, calls of Lambda functions and the like) and network activity events are only logged where a trail is configured for them.
limit-trail-selectors = A trail logs what its event selectors choose (read or write calls, sources, resources); what they leave out is not in the evidence, and the evidence does not say so.
limit-trail-regions = A trail of one region lacks the others'; calls of global services (IAM, STS, CloudFront) are logged in one region.
limit-trail-delivery = Events are delivered about five minutes after the call, some up to fifteen or later, without guarantee; what was in delivery when the evidence was taken is not in it.
limit-trail-order = Files and events in them are in no order of time, and an event may be delivered more than once.
limit-trail-redacted = Some request and response values are left out by the services for reasons of security.
limit-trail-size = Fields that are too long are cut by AWS, and an event that is too large leaves some out.
limit-trail-address = The source address is what AWS saw: behind a proxy or NAT it is that of the proxy, and for calls by a service the service's name.
limit-trail-history = The console's event history reaches back 90 days, of one region, and holds management events only; its CSV has no request or response.
