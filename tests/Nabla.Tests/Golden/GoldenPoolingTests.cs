namespace Nabla.Tests.Golden;

public sealed class GoldenPoolingTests
{
    private static readonly GoldenCases Cases = new("pooling")
    {
        ["max 2"] = x => x[0].MaxPool2D(2),
        ["max 3 stride 2 padding 1"] = x => x[0].MaxPool2D(3, 2, 1),
        ["max 3x2 stride 1"] = x => x[0].MaxPool2D((3, 2), 1),
        ["average 2"] = x => x[0].AveragePool2D(2),
        ["average 3 stride 2 padding 1"] = x => x[0].AveragePool2D(3, 2, 1),
        ["global average"] = x => x[0].GlobalAveragePool(),
        ["global max"] = x => x[0].GlobalMaxPool(),
        ["1-D max 3 stride 2"] = x => x[0].MaxPool1D(3, 2),
        ["1-D average 2"] = x => x[0].AveragePool1D(2),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Pooling_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_pooling_has_its_golden_case() => Cases.VerifyComplete();
}
