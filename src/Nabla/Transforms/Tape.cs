using Nabla.Ops;
using Nabla.Ops.Indexing;

namespace Nabla.Transforms;

/// <summary>
/// Remembers the ops that were applied to watched tensors and to what was computed from them, on one thread. Tapes nest: while an inner
/// tape is played back, its ops are recorded by the outer one, which makes gradients of gradients.
/// </summary>
internal sealed class Tape
{
    [ThreadStatic]
    private static Tape? current;

    private readonly HashSet<Tensor> tracked = new(ReferenceEqualityComparer.Instance);
    private readonly List<Entry> entries = [];
    private readonly Tape? outer = current;

    private Tape()
    {
    }

    /// <summary>The innermost tape that records on this thread.</summary>
    public static Tape? Current => current;

    /// <summary>Runs a function while recording what it does to the watched tensors.</summary>
    public static (T Result, Tape Tape) Record<T>(IEnumerable<Tensor> watched, Func<T> function)
    {
        Tape tape = new();
        foreach (Tensor tensor in watched)
        {
            tape.tracked.Add(tensor);
        }

        current = tape;
        try
        {
            return (function(), tape);
        }
        finally
        {
            current = tape.outer;
        }
    }

    /// <summary>Runs a function that no tape records: its results count as constants.</summary>
    public static T Pause<T>(Func<T> function)
    {
        Tape? paused = current;
        current = null;
        try
        {
            return function();
        }
        finally
        {
            current = paused;
        }
    }

    /// <summary>Whether a tape of this thread follows a result but not what it was computed from, so that a gradient would be lost by going back to that.</summary>
    public static bool Misses(Tensor source, Tensor result)
    {
        Tape? tape = current;
        while (tape is not null && (tape.tracked.Contains(source) || !tape.tracked.Contains(result)))
        {
            tape = tape.outer;
        }

        return tape is not null;
    }

    /// <summary>Whether this tape or one around it follows a tensor.</summary>
    public bool Follows(Tensor tensor) => tracked.Contains(tensor) || outer?.Follows(tensor) == true;

    /// <summary>Remembers an op if it touches what is tracked.</summary>
    public void Record(Op op, Tensor[] inputs, Tensor[] outputs)
    {
        outer?.Record(op, inputs, outputs);
        if (!Array.Exists(inputs, tracked.Contains))
        {
            return;
        }

        foreach (Tensor output in outputs)
        {
            if (output.DataType.IsFloating)
            {
                tracked.Add(output);
            }
        }

        entries.Add(new Entry(op, inputs, outputs));
    }

    /// <summary>Plays the tape back from an output to the sources (reverse-mode differentiation).</summary>
    /// <param name="output">Where to start.</param>
    /// <param name="cotangent">The gradient with respect to <paramref name="output"/>, of its shape.</param>
    /// <param name="sources">Watched tensors.</param>
    /// <returns>The gradient with respect to each source; null where the output does not depend on it.</returns>
    public Tensor?[] Backward(Tensor output, Tensor cotangent, IReadOnlyList<Tensor> sources)
    {
        Dictionary<Tensor, Tensor> gradients = Play(output, cotangent, sources, rows: null);
        return [.. sources.Select(source => gradients.GetValueOrDefault(source))];
    }

    /// <summary>
    /// As <see cref="Backward"/>, but the gradient of a source of which nothing was read but rows by their indices is those rows: its cost does not
    /// grow with the source.
    /// </summary>
    public ParameterGradient?[] BackwardByRows(Tensor output, Tensor cotangent, IReadOnlyList<Tensor> sources)
    {
        Dictionary<Tensor, List<(Tensor Rows, Tensor Indices)>> rows = new(ReferenceEqualityComparer.Instance);
        Dictionary<Tensor, Tensor> gradients = Play(output, cotangent, sources, rows);
        return [.. sources.Select(source => GradientOf(source, gradients.GetValueOrDefault(source), rows.GetValueOrDefault(source)))];
    }

    private static ParameterGradient? GradientOf(Tensor source, Tensor? whole, List<(Tensor Rows, Tensor Indices)>? rows)
    {
        if (rows is null)
        {
            return whole is null ? null : new ParameterGradient(whole);
        }

        return whole is null
            ? ParameterGradient.OfRows(source.Type, rows)
            : new ParameterGradient(rows.Aggregate(whole, (sum, part) => sum + new Scatter(0, source.Shape[0]).ApplyOne(part.Rows, part.Indices)));
    }

    private Dictionary<Tensor, Tensor> Play(Tensor output, Tensor cotangent, IReadOnlyList<Tensor> sources, Dictionary<Tensor, List<(Tensor Rows, Tensor Indices)>>? rows)
    {
        Dictionary<Tensor, Tensor> gradients = new(ReferenceEqualityComparer.Instance) { [output] = cotangent };
        HashSet<Tensor> kept = new(sources, ReferenceEqualityComparer.Instance);
        for (int index = entries.Count - 1; index >= 0; index--)
        {
            Entry entry = entries[index];
            if (Cotangents(entry, gradients, kept) is not { } cotangents)
            {
                continue;
            }

            if (rows is not null && entry.Op is Gather { Axis: 0 } && kept.Contains(entry.Inputs[0]))
            {
                ((rows.TryGetValue(entry.Inputs[0], out List<(Tensor Rows, Tensor Indices)>? found) ? found : rows[entry.Inputs[0]] = [])).Add((cotangents[0]!, entry.Inputs[1]));
                continue;
            }

            bool[] wanted = Array.ConvertAll(entry.Inputs, tracked.Contains);
            Add(entry.Inputs, wanted, entry.Op.Gradient(entry.Inputs, entry.Outputs, cotangents, wanted), gradients);
        }

        return gradients;
    }

    private static Tensor?[]? Cotangents(Entry entry, Dictionary<Tensor, Tensor> gradients, HashSet<Tensor> kept)
    {
        Tensor?[]? cotangents = null;
        for (int index = 0; index < entry.Outputs.Length; index++)
        {
            Tensor result = entry.Outputs[index];
            if (gradients.TryGetValue(result, out Tensor? cotangent))
            {
                (cotangents ??= new Tensor?[entry.Outputs.Length])[index] = cotangent;
                if (!kept.Contains(result))
                {
                    gradients.Remove(result);
                }
            }
        }

        return cotangents;
    }

    private static void Add(Tensor[] inputs, bool[] wanted, Tensor?[] contributions, Dictionary<Tensor, Tensor> gradients)
    {
        for (int index = 0; index < inputs.Length; index++)
        {
            Tensor input = inputs[index];
            if (contributions[index] is { } contribution && wanted[index])
            {
                gradients[input] = gradients.TryGetValue(input, out Tensor? sum) ? sum + contribution : contribution;
            }
        }
    }

    private readonly record struct Entry(Op Op, Tensor[] Inputs, Tensor[] Outputs);
}
