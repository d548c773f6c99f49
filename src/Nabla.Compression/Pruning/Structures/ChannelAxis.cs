using System.Text.Json.Nodes;

namespace Nabla.Compression;

/// <summary>What the channels along an axis of a parameter have to do with it.</summary>
internal enum ChannelRole
{
    /// <summary>The parameter makes the channels: the filters of a kernel.</summary>
    Makes,

    /// <summary>The parameter has a number for each channel: a bias, or the scale of a normalisation.</summary>
    Follows,

    /// <summary>The parameter reads the channels.</summary>
    Reads,
}

/// <summary>An axis of a parameter, each place of which belongs to a channel.</summary>
/// <param name="Parameter">The dotted name of the parameter.</param>
/// <param name="Axis">The axis.</param>
/// <param name="Channels">The channel of each place.</param>
/// <param name="Role">What they have to do with it.</param>
internal sealed record ChannelAxis(string Parameter, int Axis, int[] Channels, ChannelRole Role);

/// <summary>A size in the description of a layer that is a number of channels.</summary>
/// <param name="Layer">The dotted name of the layer that makes the channels.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="What">What its channels are called: filters, units or heads.</param>
/// <param name="Channels">The channels.</param>
/// <param name="Set">Writes how many there are into the description.</param>
internal sealed record ChannelSize(string Layer, string Kind, string What, int[] Channels, Action<int> Set)
{
    /// <summary>A size that is one attribute.</summary>
    public static Action<int> Attribute(JsonObject description, string name) => count => description[name] = count;
}
