namespace Nabla.Serving.Repository;

/// <summary>Deals requests to the stable version and the canary: of any hundred in a row, as many go to the canary as its share says.</summary>
internal sealed class TrafficSplit
{
    private long dealt;

    /// <summary>Whether the next request goes to the canary.</summary>
    /// <param name="share">The share of the canary, from 0 to 1.</param>
    public bool NextIsCanary(double share)
    {
        if (share <= 0)
        {
            return false;
        }

        long number = Interlocked.Increment(ref dealt);
        return Math.Floor(number * share) > Math.Floor((number - 1) * share);
    }
}
