namespace Nabla.Cli.Profiles;

/// <summary>What to profile.</summary>
/// <param name="Batch">The samples that are taken at once.</param>
/// <param name="Steps">How many times.</param>
/// <param name="Threads">The threads that compute.</param>
/// <param name="Trace">Where each kernel's begin and end is written; null for nowhere.</param>
internal sealed record ProfileSettings(int Batch, int Steps, int Threads, string? Trace);
