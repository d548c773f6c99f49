namespace Nabla.Data.Pipeline;

/// <summary>How many tokens samples have, what they are filled up with left out.</summary>
internal sealed class TokenLengths
{
    private readonly int[] lengths;

    private TokenLengths(int[] lengths, int longest, bool targetsFollow)
    {
        (this.lengths, Longest, TargetsFollow) = (lengths, longest, targetsFollow);
        Mean = lengths.Length == 0 ? 0 : (int)lengths.Average();
    }

    /// <summary>The length of the longest sample, what it is filled up with counted.</summary>
    public int Longest { get; }

    /// <summary>The mean length.</summary>
    public int Mean { get; }

    /// <summary>Whether targets are as long as the tokens of their samples, all of them: a target for each token.</summary>
    public bool TargetsFollow { get; }

    public int this[int sample] => lengths[sample];

    /// <exception cref="ArgumentException">A sample has no tokens.</exception>
    public static TokenLengths Of(IReadOnlyList<Sample> samples, int targetPadding)
    {
        int[] inputs = new int[samples.Count];
        int[] targets = new int[samples.Count];
        int longest = 1;
        bool follow = true;
        for (int index = 0; index < inputs.Length; index++)
        {
            Sample sample = samples[index];
            int width = WidthOf(sample, index);
            longest = Math.Max(longest, width);
            inputs[index] = sample.Inputs.Max(input => Used(input, TextPreprocessing.PaddingId));
            follow = follow && sample.Target is { Rank: > 0 } target && target.DataType == DataType.Int32 && target.Shape[-1] == width;
            targets[index] = follow ? Used(sample.Target!, targetPadding) : 0;
        }

        return new TokenLengths(follow ? [.. inputs.Zip(targets, Math.Max)] : inputs, longest, follow);
    }

    private static int WidthOf(Sample sample, int index)
    {
        Tensor? odd = sample.Inputs.FirstOrDefault(input => input.DataType != DataType.Int32 || input.Rank == 0 || input.Shape[-1] != sample.Inputs[0].Shape[-1]);
        return odd is null ? sample.Inputs[0].Shape[-1] : throw new ArgumentException(
            $"LengthBuckets expects inputs of int32 tokens [..., length], all of one length in a sample, but sample {index} has {odd.DataType.Label}{odd.Shape}.");
    }

    // The length of the longest row, its end of padding left out.
    private static int Used(Tensor tokens, int padding)
    {
        ReadOnlySpan<int> values = tokens.AsSpan<int>();
        int width = tokens.Shape[-1];
        int used = 0;
        for (int row = 0; row < values.Length; row += width)
        {
            used = Math.Max(used, values.Slice(row, width).LastIndexOfAnyExcept(padding) + 1);
        }

        return used;
    }
}
