namespace Nabla.Serving.Alerts;

/// <summary>Something that is beyond its threshold.</summary>
/// <param name="Alert">What: <c>drift</c>, <c>failure_rate</c>, <c>queue_time</c> or <c>latency</c>.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Version">The number of the version; null where it is the model as a whole.</param>
/// <param name="Value">What was measured; of durations seconds.</param>
/// <param name="Threshold">What it is not to be above.</param>
/// <param name="Message">What is wrong, for people.</param>
internal sealed record Breach(string Alert, string Model, int? Version, double Value, double Threshold, string Message)
{
    /// <summary>What makes it the same thing as before.</summary>
    public (string, string, int?) Key => (Alert, Model, Version);
}
