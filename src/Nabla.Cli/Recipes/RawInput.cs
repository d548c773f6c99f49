namespace Nabla.Cli.Recipes;

/// <summary>One picture, row or text that <c>nabla predict</c> was given.</summary>
/// <param name="Name">The file, or the row or text itself.</param>
/// <param name="Line">The line of the file; null where it is no line of one.</param>
/// <param name="Encode">Makes it an input of the network, <c>[1, ...]</c>; what is wrong with it alone is said here.</param>
internal sealed record RawInput(string Name, long? Line, Func<Tensor> Encode);
