variable "name" {
  description = "Name of the cache and of all that belongs to it."
  type        = string
  default     = "tally"
}

variable "vpc_id" {
  description = "The VPC in which Tally runs: a request waits 0.05 s for Redis at most."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets without a way in from the internet, in two availability zones at least."
  type        = list(string)

  validation {
    condition     = length(var.private_subnet_ids) >= 2
    error_message = "Name two subnets or more: the replica is in another zone than the primary."
  }
}

variable "client_security_group_ids" {
  description = "Security groups of Tally's API and workers: nobody else is let in."
  type        = set(string)
}

variable "node_type" {
  description = "cache.t4g.small has 1.37 GiB: room for some 400,000 jobs."
  type        = string
  default     = "cache.t4g.small"
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}
