namespace Nabla.Compression;

/// <summary>
/// Numbers for all channels, heads and units of a network, and which of them must go together: an addition makes one set of the channels that it adds. Sets
/// that must stay are pinned. (Union and find with path halving: Tarjan and van Leeuwen, Worst-case Analysis of Set Union Algorithms, 1984.)
/// </summary>
internal sealed class ChannelSets
{
    private readonly List<int> parents = [];
    private readonly Dictionary<int, string> pins = [];

    /// <summary>How many numbers there are.</summary>
    public int Count => parents.Count;

    /// <summary>New channels, each a set of its own.</summary>
    public int[] Add(int count)
    {
        int first = parents.Count;
        int[] added = [.. Enumerable.Range(first, count)];
        parents.AddRange(added);
        return added;
    }

    /// <summary>The number that stands for the set of a channel: the smallest.</summary>
    public int SetOf(int channel)
    {
        while (parents[channel] != channel)
        {
            parents[channel] = parents[parents[channel]];
            channel = parents[channel];
        }

        return channel;
    }

    /// <summary>Makes one set of each two channels at the same place.</summary>
    public void Unite(int[] one, int[] other)
    {
        for (int place = 0; place < one.Length; place++)
        {
            Unite(SetOf(one[place]), SetOf(other[place]));
        }
    }

    /// <summary>Keeps channels, and all that go with them.</summary>
    /// <param name="channels">The channels.</param>
    /// <param name="reason">Why, for people; of several the first one counts.</param>
    public void Pin(IEnumerable<int> channels, string reason)
    {
        foreach (int channel in channels)
        {
            pins.TryAdd(SetOf(channel), reason);
        }
    }

    /// <summary>Why a channel must stay; null when it need not.</summary>
    public string? PinOf(int channel) => pins.GetValueOrDefault(SetOf(channel));

    private void Unite(int one, int other)
    {
        (int root, int child) = (Math.Min(one, other), Math.Max(one, other));
        if (root == child)
        {
            return;
        }

        parents[child] = root;
        if (pins.Remove(child, out string? reason))
        {
            pins.TryAdd(root, reason);
        }
    }
}
