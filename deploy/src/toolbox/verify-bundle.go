// All validators of bundles that operator-framework has, on a whole bundle: verify-bundle FOLDER
// Prints what they find, a line each. Their own command runs half of them, and ends with 0 whatever they find.
package main

import (
	"fmt"
	"os"

	"github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/api/pkg/validation"
)

func main() {
	bundle, err := manifests.GetBundleFromDir(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	found := false
	// Images are looked at by a program that pulls them; no image is there before a release.
	options := map[string]string{"container-tool": "none"}
	for _, result := range validation.AllValidators.Validate(append(bundle.ObjectsToValidate(), options)...) {
		for _, finding := range append(result.Errors, result.Warnings...) {
			found = true
			fmt.Println(finding.Error())
		}
	}
	if found {
		os.Exit(1)
	}
}
