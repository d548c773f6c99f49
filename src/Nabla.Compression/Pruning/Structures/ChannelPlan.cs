using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Which channels of a network stay, what the network then costs, and the network itself.</summary>
internal sealed class ChannelPlan
{
    private readonly Sequential network;
    private readonly ChannelAnalysis analysis;
    private readonly ILookup<string, ChannelAxis> axes;
    private readonly int multipleOf;

    /// <summary>A plan for a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="analysis">Its channels.</param>
    /// <param name="multipleOf">The channels of a layer stay a multiple of this, or all of them.</param>
    public ChannelPlan(Sequential network, ChannelAnalysis analysis, int multipleOf)
    {
        (this.network, this.analysis, this.multipleOf) = (network, analysis, multipleOf);
        axes = analysis.Axes.ToLookup(axis => axis.Parameter);
    }

    /// <summary>Takes sets of channels away in a given order, as many as asked for; each layer keeps a channel at least.</summary>
    /// <param name="order">The sets, the first to go first.</param>
    /// <param name="count">How many of them go.</param>
    /// <returns>The sets that are gone.</returns>
    public HashSet<int> Remove(IReadOnlyList<int> order, int count)
    {
        HashSet<int> gone = [];
        Dictionary<int, List<int>> sizesOf = SizesOfSets();
        int[] kept = [.. analysis.Sizes.Select(size => size.Channels.Length)];
        foreach (int set in order.Take(count))
        {
            IGrouping<int, int>[] losses = [.. sizesOf[set].GroupBy(size => size)];
            if (losses.All(loss => kept[loss.Key] > loss.Count()))
            {
                gone.Add(set);
                Array.ForEach(losses, loss => kept[loss.Key] -= loss.Count());
            }
        }

        GiveBack(gone, [.. order.Take(count).Reverse()], sizesOf, kept);
        return gone;
    }

    /// <summary>The multiply-adds of one answer without the sets that are gone.</summary>
    public long MultiplyAdds(HashSet<int> gone)
    {
        analysis.Resize(channels => Kept(channels, gone).Length);
        return NetworkRewrite.MultiplyAdds(analysis.Layers, network.InputShape);
    }

    /// <summary>The numbers of the network without the sets that are gone.</summary>
    public long Parameters(HashSet<int> gone) => network.NamedParameters.Sum(pair =>
    {
        long count = pair.Value.Type.Shape.ElementCount;
        foreach (ChannelAxis axis in axes[pair.Key])
        {
            count = count / axis.Channels.Length * Kept(axis.Channels, gone).Length;
        }

        return count;
    });

    /// <summary>The smaller network.</summary>
    public Sequential Build(HashSet<int> gone)
    {
        analysis.Resize(channels => Kept(channels, gone).Length);
        Dictionary<string, Tensor> values = network.NamedParameters.ToDictionary(pair => pair.Key, pair => Slice(pair.Key, pair.Value.Value, gone));
        return NetworkRewrite.Build(network, analysis.Layers, name => values[name], name => name);
    }

    /// <summary>How many channels of a size stay.</summary>
    public int Count(ChannelSize size, HashSet<int> gone) => Kept(size.Channels, gone).Length;

    private Tensor Slice(string name, Tensor value, HashSet<int> gone)
    {
        foreach (ChannelAxis axis in axes[name])
        {
            int[] places = Kept(axis.Channels, gone);
            value = places.Length == axis.Channels.Length ? value : value.Gather(axis.Axis, Tensor.From(places));
        }

        return value;
    }

    private int[] Kept(int[] channels, HashSet<int> gone) =>
        [.. Enumerable.Range(0, channels.Length).Where(place => !gone.Contains(analysis.Sets.SetOf(channels[place])))];

    // For each set the sizes that become less by it, once for each of its channels.
    private Dictionary<int, List<int>> SizesOfSets()
    {
        Dictionary<int, List<int>> sizes = [];
        for (int index = 0; index < analysis.Sizes.Count; index++)
        {
            foreach (int channel in analysis.Sizes[index].Channels)
            {
                int set = analysis.Sets.SetOf(channel);
                sizes.TryAdd(set, []);
                sizes[set].Add(index);
            }
        }

        return sizes;
    }

    // The last to go come back first, until each size is a multiple again or whole.
    private void GiveBack(HashSet<int> gone, List<int> latest, Dictionary<int, List<int>> sizesOf, int[] kept)
    {
        bool Lacks(int size) => analysis.Sizes[size].What != "heads" && kept[size] % multipleOf != 0 && kept[size] < analysis.Sizes[size].Channels.Length;
        for (int place = 0; place < latest.Count; place++)
        {
            int set = latest[place];
            if (gone.Contains(set) && sizesOf[set].Exists(Lacks))
            {
                gone.Remove(set);
                sizesOf[set].ForEach(size => kept[size]++);
                place = -1;
            }
        }
    }
}
