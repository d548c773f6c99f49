using Nabla.Training;

namespace Nabla.Cli.Recipes;

/// <summary>How good a saved model is on data.</summary>
/// <param name="Scores">The scores, the loss first.</param>
/// <param name="Samples">How many samples it was judged by.</param>
/// <param name="Notes">What a person should know of the data, a line each.</param>
internal sealed record Judgement(Scores Scores, int Samples, IReadOnlyList<string> Notes);
