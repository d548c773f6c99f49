namespace Nabla.Serving.Tests.Hosts;

/// <summary>Tests that read metrics: the exporter of a server takes the meters of all servers in the process, so there must be one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
