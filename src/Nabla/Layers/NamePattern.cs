using System.IO.Enumeration;
using Nabla.Formats;

namespace Nabla.Layers;

/// <summary>Chooses parameters by patterns of their dotted names: <c>*</c> stands for any characters, dots too, <c>?</c> for any one.</summary>
internal static class NamePattern
{
    /// <summary>Whether a pattern is that of a name; capital letters count.</summary>
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <summary>Objects to patterns that choose nothing: they are mistyped.</summary>
    /// <exception cref="ArgumentException">A pattern matches none of the parameters.</exception>
    public static void Require(IEnumerable<string> patterns, Module module)
    {
        string[] names = [.. module.NamedParameters.Select(pair => pair.Key)];
        if (patterns.FirstOrDefault(pattern => !names.Any(name => Matches(pattern, name))) is { } idle)
        {
            throw new ArgumentException($"'{idle}' matches no parameter of {module.Label}, which has {Names.List(names)}.");
        }
    }
}
