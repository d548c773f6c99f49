namespace Nabla.Cli.Serving;

/// <summary>What <c>nabla serve</c> was told.</summary>
/// <param name="Models">What is served.</param>
/// <param name="Urls">Where REST is answered.</param>
/// <param name="GrpcPort">The port for gRPC; null for none.</param>
/// <param name="Config">A file with options; null for none.</param>
internal sealed record ServeSettings(string Models, string Urls, int? GrpcPort, string? Config);
