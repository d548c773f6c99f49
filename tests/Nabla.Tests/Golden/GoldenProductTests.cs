namespace Nabla.Tests.Golden;

public sealed class GoldenProductTests
{
    private static readonly GoldenCases Cases = new("products")
    {
        ["matrices"] = x => x[0].MatMul(x[1]),
        ["row and column"] = x => x[0].MatMul(x[1]),
        ["left transposed"] = x => x[0].Transpose().MatMul(x[1]),
        ["right transposed"] = x => x[0].MatMul(x[1].Transpose()),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Product_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_product_has_its_golden_case() => Cases.VerifyComplete();
}
