namespace Nabla.Fuzz.Tests;

/// <summary>A file made to break a reader, and what must be said about it.</summary>
/// <param name="Format">The format that it pretends to be.</param>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Problem">What the error must say.</param>
/// <param name="Byte">The byte that the error must name; null when the whole file is meant or a line.</param>
/// <param name="Line">The line that the error must name; null when it is a byte or the whole file.</param>
internal sealed record BadFile(string Format, string Name, byte[] Content, string Problem, long? Byte = null, long? Line = null);
