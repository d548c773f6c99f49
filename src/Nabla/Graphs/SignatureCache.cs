namespace Nabla.Graphs;

/// <summary>What was made for each signature of types, up to so many: the one that was not asked for longest is forgotten first.</summary>
/// <param name="create">Makes what belongs to a signature.</param>
/// <param name="forgotten">Is told of what is forgotten; null for nobody.</param>
internal sealed class SignatureCache<T>(Func<TensorType[], T> create, Action<T>? forgotten = null)
{
    private const int Most = 16;

    private readonly List<(TensorType[] Types, T Made)> known = [];

    /// <summary>What belongs to a signature, made now if it is met for the first time.</summary>
    public T Find(params ReadOnlySpan<TensorType> types)
    {
        for (int index = known.Count - 1; index >= 0; index--)
        {
            if (types.SequenceEqual(known[index].Types))
            {
                return MovedToEnd(index);
            }
        }

        if (known.Count == Most)
        {
            forgotten?.Invoke(known[0].Made);
            known.RemoveAt(0);
        }

        TensorType[] copy = types.ToArray();
        T created = create(copy);
        known.Add((copy, created));
        return created;
    }

    private T MovedToEnd(int index)
    {
        (TensorType[] Types, T Made) found = known[index];
        if (index < known.Count - 1)
        {
            known.RemoveAt(index);
            known.Add(found);
        }

        return found.Made;
    }
}
