namespace Nabla.Text;

/// <summary>
/// Merges the symbols of a word as byte-pair encoding learnt it (Sennrich, Haddow and Birch, arXiv 1508.07909): of all neighbours the pair that was learnt
/// first, of equal ones the first in the word, until none is known. A list linked both ways and a heap: the time is that of sorting, however long a word is.
/// </summary>
/// <param name="merges">For each pair of ids its rank and the id of what it becomes.</param>
internal sealed class SubwordMerging(Dictionary<(int Left, int Right), (int Rank, int Merged)> merges)
{
    private const int None = -1;

    /// <summary>Merges in place.</summary>
    /// <param name="symbols">The ids of the symbols and how many characters each is; merged ones stand at the front afterwards.</param>
    /// <returns>How many are left.</returns>
    public int Merge(Span<(int Id, int Length)> symbols)
    {
        if (symbols.Length < 2)
        {
            return symbols.Length;
        }

        int[] next = [.. Enumerable.Range(1, symbols.Length)];
        int[] previous = [.. Enumerable.Range(None, symbols.Length)];
        next[^1] = None;
        PriorityQueue<(int Place, int Left, int Right), (int Rank, int Place)> queue = new();
        for (int place = 0; place < symbols.Length - 1; place++)
        {
            Offer(queue, symbols, place, next[place]);
        }

        while (queue.TryDequeue(out (int Place, int Left, int Right) pair, out _))
        {
            int place = pair.Place;
            int right = next[place];
            if (symbols[place].Id != pair.Left || right == None || symbols[right].Id != pair.Right)
            {
                continue;
            }

            symbols[place] = (merges[(pair.Left, pair.Right)].Merged, symbols[place].Length + symbols[right].Length);
            symbols[right].Id = None;
            next[place] = next[right];
            if (next[place] != None)
            {
                previous[next[place]] = place;
                Offer(queue, symbols, place, next[place]);
            }

            if (previous[place] != None)
            {
                Offer(queue, symbols, previous[place], place);
            }
        }

        return Collect(symbols, next);
    }

    private void Offer(
        PriorityQueue<(int Place, int Left, int Right), (int Rank, int Place)> queue, ReadOnlySpan<(int Id, int Length)> symbols, int place, int right)
    {
        (int, int) pair = (symbols[place].Id, symbols[right].Id);
        if (merges.TryGetValue(pair, out (int Rank, int Merged) merge))
        {
            queue.Enqueue((place, symbols[place].Id, symbols[right].Id), (merge.Rank, place));
        }
    }

    private static int Collect(Span<(int Id, int Length)> symbols, int[] next)
    {
        int count = 0;
        for (int place = 0; place != None; place = next[place])
        {
            symbols[count++] = symbols[place];
        }

        return count;
    }
}
