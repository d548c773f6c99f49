namespace Nabla.Cli.Serving;

/// <summary>What <c>nabla serve</c> was told.</summary>
/// <param name="Models">What is served.</param>
/// <param name="Urls">Where REST is answered.</param>
/// <param name="GrpcPort">The port for gRPC; null for none.</param>
/// <param name="Config">A file with options; null for none.</param>
/// <param name="Keys">A file of API keys; null for that of the options.</param>
/// <param name="AdminKey">A file that gets a key for the machine's own admin; null for none.</param>
/// <param name="Name">The name of a single model; null for its own.</param>
/// <param name="IsInsecure">Whether a server that asks nobody who they are may be reached from other machines.</param>
internal sealed record ServeSettings(
    string Models, string Urls, int? GrpcPort, string? Config, string? Keys = null, string? AdminKey = null, string? Name = null, bool IsInsecure = false);
