namespace Nabla.Serving.Tests.Hosts;

/// <summary>
/// Tests that look at what the process has one of, while no other runs: metrics, since the exporter of a server takes the meters of all servers, and memory.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
