"""Children with hard limits: work on files where no harm is done."""
