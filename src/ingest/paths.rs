//! What paths and file names say about account, region, date and log.
