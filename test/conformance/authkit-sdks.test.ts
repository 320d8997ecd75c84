import { describe } from 'vitest'
import { WorkOS as WorkOS7 } from 'workos-7'
import { WorkOS as WorkOS8 } from 'workos-8'
import { WorkOS as WorkOS11 } from 'workos-11'
import { useTestServer } from '../support/server.ts'
import { describeAuthKit } from './authkit-suite.ts'

const server = useTestServer()

describe('SDK 7', () => {
  describeAuthKit(server, (apiKey, options) => {
    const { userManagement, mfa } = new WorkOS7(apiKey, options)
    return {
      authKit: userManagement,
      factors: {
        enroll: (userId) => userManagement.enrollAuthFactor({ userId, type: 'totp' }),
        challenge: (authenticationFactorId) => mfa.challengeFactor({ authenticationFactorId }),
      },
    }
  })
})

describe('SDK 8', () => {
  describeAuthKit(server, (apiKey, options) => {
    const { userManagement, mfa } = new WorkOS8(apiKey, options)
    return {
      authKit: userManagement,
      factors: {
        enroll: (userId) => userManagement.enrollAuthFactor({ userId, type: 'totp' }),
        challenge: (authenticationFactorId) => mfa.challengeFactor({ authenticationFactorId }),
      },
    }
  })
})

describe('SDK 11', () => {
  describeAuthKit(server, (apiKey, options) => {
    const { userManagement, multiFactorAuth } = new WorkOS11(apiKey, options)
    return {
      authKit: userManagement,
      factors: {
        enroll: (userId) => multiFactorAuth.createUserAuthFactor({ userId, type: 'totp' }),
        challenge: (authenticationFactorId) => multiFactorAuth.challengeFactor({ authenticationFactorId }),
      },
    }
  })
})
