namespace Nabla.Text;

/// <summary>A sentence in another language.</summary>
/// <param name="Text">The translation.</param>
/// <param name="Score">
/// The logarithm of its probability by the model, divided by its length as beam search does; what translations of one sentence are compared by.
/// </param>
/// <param name="IsTruncated">Whether the sentence was longer than the model's window, so that only its beginning is translated.</param>
/// <param name="IsUnknown">Whether the model knows no token of the sentence.</param>
public sealed record Translation(string Text, double Score, bool IsTruncated, bool IsUnknown);
