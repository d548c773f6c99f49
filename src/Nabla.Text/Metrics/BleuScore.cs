using System.Globalization;

namespace Nabla.Text.Metrics;

/// <summary>A BLEU score and what it is made of.</summary>
/// <param name="Score">The score, from 0 to 100.</param>
/// <param name="Precisions">The shares of right runs of 1, 2, 3 and 4 tokens, from 0 to 100.</param>
/// <param name="BrevityPenalty">What the score is multiplied by because the translations are too short; 1 when they are not.</param>
/// <param name="HypothesisLength">The tokens of the translations.</param>
/// <param name="ReferenceLength">The tokens of the references, of several each time the one whose length is nearest.</param>
/// <param name="Signature">How it was computed, in sacreBLEU's words.</param>
public sealed record BleuScore(
    double Score, IReadOnlyList<double> Precisions, double BrevityPenalty, int HypothesisLength, int ReferenceLength, string Signature)
{
    /// <summary>The score with all that it is made of, in one line.</summary>
    public override string ToString()
    {
        double ratio = ReferenceLength == 0 ? 0 : (double)HypothesisLength / ReferenceLength;
        string precisions = string.Join('/', Precisions.Select(precision => precision.ToString("F1", CultureInfo.InvariantCulture)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"BLEU|{Signature} = {Score:F1} {precisions} (BP = {BrevityPenalty:F3} ratio = {ratio:F3} hyp_len = {HypothesisLength} ref_len = {ReferenceLength})");
    }
}
