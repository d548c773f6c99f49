using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Fuzz.Tests;

/// <summary>Each file made by hand is refused by one error that says what is wrong and where.</summary>
public sealed class BadFileTests
{
    public static TheoryData<string> Names { get; } = [.. BadFiles.All.Select(file => $"{file.Format}: {file.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_file_is_refused_with_its_problem_and_place(string name)
    {
        BadFile file = BadFiles.All.Single(file => $"{file.Format}: {file.Name}" == name);
        using FuzzedFolder folder = new(FuzzedFormats.Named(file.Format), Repository.PathOf("fuzz/corpus"));
        InvalidFileException error = Assert.IsType<InvalidFileException>(folder.Read(file.Content));
        Assert.Contains(file.Problem, error.Message, StringComparison.Ordinal);
        Assert.Equal((file.Byte, file.Line), (error.Position.ByteOffset, error.Position.LineNumber));
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.InRange(BadFiles.All.Count, 50, int.MaxValue);
}
