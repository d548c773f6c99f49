namespace Nabla.Text.Stories;

/// <summary>Random choices that follow from a key alone.</summary>
internal sealed class Draws(RandomKey key)
{
    private long count;

    /// <summary>A number from 0 up to, not including, a bound.</summary>
    public int Below(int bound) => (int)(key.Fold(count++).Value % (ulong)bound);

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>The items in random order.</summary>
    public T[] Shuffled<T>(IReadOnlyList<T> items)
    {
        T[] order = [.. items];
        for (int index = order.Length - 1; index > 0; index--)
        {
            int other = Below(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }

        return order;
    }
}
