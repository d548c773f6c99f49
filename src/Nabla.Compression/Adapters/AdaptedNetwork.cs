using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A network with an adapter of any kind, over the tensors of its base: several adapters hold the base's weights once.</summary>
/// <example><code>Sequential adapted = AdaptedNetwork.Load("adapter", ModelFolder.Load("base").Network);</code></example>
public static class AdaptedNetwork
{
    /// <summary>Whether a folder holds an adapter; nothing is read.</summary>
    public static bool Exists(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.Exists(Path.Combine(folder, AdapterFolder.ConfigurationFile));
    }

    /// <summary>What the adapter of a folder calls its base, as <c>base_model_name_or_path</c>; null where it says nothing.</summary>
    /// <exception cref="InvalidFileException">The configuration is damaged.</exception>
    public static string? BaseOf(string folder) => Read(folder).BaseModel;

    /// <summary>Puts the adapter of a folder on a network of its own. Low-rank updates are added when the network runs: merged, they would need a copy of the weights.</summary>
    /// <param name="folder">What <see cref="AdapterSet.Save"/>, <see cref="TransformerAdapter.Save"/> or PEFT has written.</param>
    /// <param name="network">The base, which stays as it is.</param>
    /// <exception cref="InvalidFileException">The folder is damaged, or for another base; the message names the first difference.</exception>
    public static Sequential Load(string folder, Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Read(folder).PeftType is null or AdapterFolder.LowRank
            ? (Sequential)AdapterSet.Load(folder, AdaptedArchitecture.Share(network)).Network
            : TransformerAdapter.Load(folder, network).Network;
    }

    private static PeftConfiguration Read(string folder) =>
        AdapterFolder.ReadJson(Path.Combine(folder, AdapterFolder.ConfigurationFile), AdapterJson.Default.PeftConfiguration);
}
